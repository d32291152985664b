/** An application on Spring Boot: orders over REST, stored in PostgreSQL by JPA, told to Kafka. */
@NullMarked
package dev.boxcar.examples.spring;

import org.jspecify.annotations.NullMarked;
