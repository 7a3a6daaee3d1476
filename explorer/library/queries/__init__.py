"""Questions about many photos, answered by SQL or by arrays that are cached."""
