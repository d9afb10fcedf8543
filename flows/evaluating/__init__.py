"""An evaluation: prompts of data sets are put to targets, answers judged, and figures taken."""
