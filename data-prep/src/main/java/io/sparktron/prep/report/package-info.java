/**
 * What became of every document, for people and for programs.
 */
package io.sparktron.prep.report;
