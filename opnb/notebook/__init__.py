"""`%%op` and `%op` in IPython: the one floor that knows the shell."""
