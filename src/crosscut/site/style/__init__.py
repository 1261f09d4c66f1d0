"""The living style page: every component with all its states, made of the same templates the product uses."""
