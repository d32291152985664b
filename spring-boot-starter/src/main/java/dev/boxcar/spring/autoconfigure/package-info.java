/** The auto-configuration. {@link dev.boxcar.spring.autoconfigure.BoxcarProperties} lists the properties. */
@NullMarked
package dev.boxcar.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
