"""The window itself: theme, navigation, actions, notices, search, choice of person."""
