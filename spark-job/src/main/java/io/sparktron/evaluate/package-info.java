/** The loss of a checkpoint on a dataset. */
package io.sparktron.evaluate;
