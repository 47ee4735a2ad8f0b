/** Adam, its schedule and clipping. */
package io.sparktron.optimizer;
