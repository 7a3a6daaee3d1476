"""What users set for their photos: edits and albums, their history, and how they follow a photo."""
