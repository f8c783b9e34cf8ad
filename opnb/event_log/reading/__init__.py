"""From a store to DataFrames, histories and entries."""
