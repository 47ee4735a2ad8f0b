/**
 * The corpus as it lies in storage: which files, in what format, and the documents in them, good and bad.
 */
package io.sparktron.prep.read;
