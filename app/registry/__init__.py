"""Agencies, halls, staff, people, the work calendar and the rule sets."""
