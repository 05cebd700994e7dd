package io.nocturne.config.yaml;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * All that is to be known about one setting, next to where its value lives: the reader takes default and range from
 * here, and {@code check --settings} prints it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /** One sentence for the person who writes the file. */
    String value();

    /** The value if none is given, as one would write it; empty: there is none. */
    String byDefault() default "";

    /** Smallest value allowed, as one would write it; empty: no bound. */
    String min() default "";

    /** Largest value allowed, as one would write it; empty: no bound. */
    String max() default "";
}
