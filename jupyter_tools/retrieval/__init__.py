"""Finding passages in documents: reading, chunking, an index on the disk, and the routes that search it."""
