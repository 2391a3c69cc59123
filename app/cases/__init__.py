"""办件: the cases themselves: whom to remind of a rating, and where detail and summary disagree."""
