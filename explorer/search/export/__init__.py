"""Photos and results as files: copies, tables, contact sheets, albums."""
