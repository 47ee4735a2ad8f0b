/** Text from a checkpoint. */
package io.sparktron.generate;
