/** Shows what lies in a folder: a token dataset and one of its samples, a checkpoint's tensors, a run, or a model that {@code convert} would read. */
package io.sparktron.inspect;
