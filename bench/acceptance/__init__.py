"""Our own rubrics on other people's calls, whose truth somebody else wrote down."""
