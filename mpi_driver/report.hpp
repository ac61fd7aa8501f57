// What a job leaves behind in words: the proof file's attributes and provenance, the JSON report,
// and the summary for people.
#pragma once

#include <string>

#include "aggregator/proof_file.hpp"
#include "mpi_driver/prove_job.hpp"
#include "stark/verifier/verifier.hpp"

namespace cairn {

/// The attributes of a proof file: those that follow from the proof, and which build wrote it when.
Attributes proof_attributes(const JobProof& proof, const StatementFacts& facts,
                            const Verdict& verdict);

/// What a verifier recomputes and compares: as above, without build and time.
Attributes derived_attributes(const JobProof& proof, const StatementFacts& facts,
                              const Verdict& verdict);

/// Ranks, hosts, times and versions, as JSON. No part of the proof's digest.
std::string provenance_json(const ProveOutcome& outcome);

/// Everything there is to tell, as JSON.
std::string report_json(const ProveOutcome& outcome);

/// The summary on stdout.
std::string summary(const ProveOutcome& outcome, const Options& options);

}  // namespace cairn
