"""Models are asked, answers judged, judges held against people, a judge trained."""
