"""eBay: item pages of the 2014 and the 2022 layout, search results before and after 2025."""
