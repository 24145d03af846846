"""The screens of one person: overview, what was given and measured, and the visit under way."""
