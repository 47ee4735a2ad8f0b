/**
 * One spelling for what a reader sees as one text.
 */
package io.sparktron.prep.clean;
