/** One training step, and the loop around it. */
package io.sparktron.train;
