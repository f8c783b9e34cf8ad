"""The gate: runs notebooks without anybody looking, and judges what came out."""
