/** What a run leaves for people: {@code report.json} for programs, {@code report.html} for eyes, both of one record. */
package io.nocturne.config.report;
