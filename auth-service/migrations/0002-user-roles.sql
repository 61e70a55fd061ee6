CREATE TABLE user_roles (
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role    VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (user_id, role),
  KEY user_roles_role (role, user_id),
  CONSTRAINT user_roles_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB
