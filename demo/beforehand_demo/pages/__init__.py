"""One module per area of the product; each ends with its `routes`."""
