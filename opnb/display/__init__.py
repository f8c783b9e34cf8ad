"""Floor 4: what is seen, one renderer a shape, templates and style beside them."""
