CREATE DATABASE IF NOT EXISTS `zoo` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;
USE `zoo`;
-- a dump; with a semicolon
DROP TABLE IF EXISTS `animal`;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `animal` (
  `id` int NOT NULL AUTO_INCREMENT,
  `name` varchar(20) COLLATE utf8mb4_general_ci DEFAULT NULL,
  `note` text COLLATE utf8mb4_general_ci,
  PRIMARY KEY (`id`),
  KEY `by_name` (`name`)
) ENGINE=InnoDB AUTO_INCREMENT=12 DEFAULT CHARSET=utf8mb4;
LOCK TABLES `animal` WRITE;
INSERT INTO `animal` VALUES (1,'animal no. 1','it\'s; a `tick`\nand more'),(2,'animal no. 2','it\'s; a `tick`\nand more'),(3,'animal no. 3','it\'s; a `tick`\nand more'),(4,'animal no. 4','it\'s; a `tick`\nand more'),(5,'animal no. 5','it\'s; a `tick`\nand more'),(6,'animal no. 6','it\'s; a `tick`\nand more'),(7,'animal no. 7','it\'s; a `tick`\nand more'),(8,'animal no. 8','it\'s; a `tick`\nand more'),(9,'animal no. 9','it\'s; a `tick`\nand more'),(10,'animal no. 10','it\'s; a `tick`\nand more');
UNLOCK TABLES;
