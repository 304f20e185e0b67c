"""What templates may use to show numbers, dates and words of the field."""
