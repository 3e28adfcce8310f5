"""Finding passages: texts cut into chunks, chunks made ready to be searched, filters over attributes, and the ranking."""
