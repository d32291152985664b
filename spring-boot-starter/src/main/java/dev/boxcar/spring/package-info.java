/**
 * What an application on Spring Boot meets of the outbox. The way of a message from there:
 *
 * <ol>
 *   <li>{@link dev.boxcar.spring.OutboxTemplate} writes it in the current Spring transaction; or the application
 *       publishes an event that {@link dev.boxcar.spring.OutboxEvent} or an {@link dev.boxcar.spring.OutboxEventMapping} means for it.
 *   <li>When that has committed, the processor is woken. It starts and stops with the application context.
 *   <li>{@link dev.boxcar.spring.PublisherRoutes} say which publisher carries which namespace, unless the application has a
 *       {@link dev.boxcar.Publisher} bean of its own.
 * </ol>
 */
@NullMarked
package dev.boxcar.spring;

import org.jspecify.annotations.NullMarked;
