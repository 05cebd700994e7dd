/**
 * From a YAML file to records, with every mistake found at once and named by line and column.
 *
 * <p>A configuration is a tree of records whose components carry {@link io.nocturne.config.yaml.Setting}. The reader
 * walks records and YAML nodes side by side: a key that no record knows is an error with the nearest known key, a value
 * of the wrong type, unit or range is an error that says what was expected, and all of them are told in one go.
 *
 * <h2>Decisions</h2>
 *
 * <p><b>Bound from YAML nodes, not by a data-binding library.</b> A binder stops at the first mistake, and reports a
 * misspelt key as another key that is missing, on another line. The nodes know every position. It costs some two hundred
 * lines. We would change our mind if a library reported all mistakes with line and column.
 */
package io.nocturne.config.yaml;
