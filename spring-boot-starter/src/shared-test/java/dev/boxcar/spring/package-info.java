/** The starter's tests, compiled and run by the modules {@code spring-boot-*-tests}: once for each line of Spring Boot. */
@NullMarked
package dev.boxcar.spring;

import org.jspecify.annotations.NullMarked;
