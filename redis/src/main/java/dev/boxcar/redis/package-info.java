/** Publishes to Redis Streams: see {@link dev.boxcar.redis.RedisPublisher}. */
@NullMarked
package dev.boxcar.redis;

import org.jspecify.annotations.NullMarked;
