/**
 * The contract between the services: facts, their envelope and their encoding. What may be absent is marked
 * {@link org.jspecify.annotations.Nullable}; every other component of a fact is required by its JSON Schema.
 */
@NullMarked
package io.tenure.events;

import org.jspecify.annotations.NullMarked;
