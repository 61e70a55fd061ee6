ALTER TABLE products ADD KEY products_updated (updated_at)
