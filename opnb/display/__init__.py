"""Floor 4: what is seen, one renderer a shape, templates and style beside them.

The views that any card may need are named tuples: a data class takes four times as long
to be defined, which the first card of a process would wait for.
"""
