"""What photos can be grouped by: folders, dates, cameras and places, as trees."""
