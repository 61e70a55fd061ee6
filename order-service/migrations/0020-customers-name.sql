ALTER TABLE customers MODIFY COLUMN display_name VARCHAR(200) NULL COMMENT 'as long as auth-service lets it be'
