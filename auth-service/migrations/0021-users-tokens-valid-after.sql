ALTER TABLE users
  ADD COLUMN tokens_valid_after BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'in seconds since 1970: access tokens count only with a later iat; rises with each right that is taken away'
