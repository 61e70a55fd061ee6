-- Databases, users and grants; no tables (each service's migrations make them) and no rows.
-- Whoever starts the server runs this at every start, so that a database added later reaches data that exists:
-- every statement may be repeated. Users are made locked and without a password; the starter sets one and unlocks them.

CREATE DATABASE IF NOT EXISTS authDB CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
CREATE DATABASE IF NOT EXISTS productsDB CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
CREATE DATABASE IF NOT EXISTS ordersDB CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
CREATE DATABASE IF NOT EXISTS paymentsDB CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

-- The running services change rows of their own database and nothing else.
CREATE USER IF NOT EXISTS 'auth_service'@'%' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'product_service'@'%' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'order_service'@'%' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'payment_simulator'@'%' ACCOUNT LOCK;

GRANT SELECT, INSERT, UPDATE, DELETE ON authDB.* TO 'auth_service'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON productsDB.* TO 'product_service'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON ordersDB.* TO 'order_service'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON paymentsDB.* TO 'payment_simulator'@'%';

-- Only the migrators change tables.
CREATE USER IF NOT EXISTS 'auth_migrator'@'%' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'product_migrator'@'%' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'order_migrator'@'%' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'payment_migrator'@'%' ACCOUNT LOCK;

GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON authDB.* TO 'auth_migrator'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON productsDB.* TO 'product_migrator'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON ordersDB.* TO 'order_migrator'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON paymentsDB.* TO 'payment_migrator'@'%';

-- The audit looks into all of them, and changes nothing.
CREATE USER IF NOT EXISTS 'audit'@'%' ACCOUNT LOCK;

GRANT SELECT ON authDB.* TO 'audit'@'%';
GRANT SELECT ON productsDB.* TO 'audit'@'%';
GRANT SELECT ON ordersDB.* TO 'audit'@'%';
GRANT SELECT ON paymentsDB.* TO 'audit'@'%';
