"""Categories and shipped seeds as data files, and their small loader."""
