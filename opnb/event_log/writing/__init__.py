"""From entries that are appended to batches that a store keeps."""
