"""Promises that marketplaces made or laws that bind them, as data; and the calendars that their deadlines run on."""
