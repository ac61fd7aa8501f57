// What ranks may say to each other. MPI is one implementation (mpi_driver/mpi_comm.hpp), threads of
// one process another (mpi_driver/local_comm.hpp): everything above speaks to this interface only.
//
// Messages are for whatever is decided while running; collectives are for bulk, and every rank that
// a collective names must call it. A rank that would wait long for a collective should wait for a
// message that announces it instead: receive() sleeps, a collective may spin.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/error.hpp"

namespace cairn {

/// One message: who sent it, what it is (mpi_driver/messages.hpp), and its bytes.
struct Message {
  int from;
  int tag;
  std::vector<std::byte> payload;
};

class Comm {
 public:
  Comm() = default;
  Comm(const Comm&) = delete;
  Comm& operator=(const Comm&) = delete;
  virtual ~Comm() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;

  /// Sends without waiting for the receiver. Messages between two ranks arrive in the order sent.
  virtual void send(int to, int tag, std::vector<std::byte> payload) = 0;
  /// The next message from anyone, or nothing when none came within `timeout`. Throws the Error
  /// that another rank aborted the job with, where there is still somebody to throw it to.
  virtual std::optional<Message> receive(std::chrono::milliseconds timeout) = 0;

  /// Collective over all ranks: rank 0's bytes, given to every rank.
  virtual std::vector<std::byte> broadcast(std::vector<std::byte> bytes) = 0;
  /// Collective over all ranks: a view of rank 0's bytes, one copy per host, valid until the Comm
  /// ends. `bytes` of the other ranks are ignored; rank 0's own may be freed after the call unless
  /// the view points to them.
  virtual std::span<const std::byte> share(std::span<const std::byte> bytes) = 0;
  /// Collective over the workers (all ranks but 0): each value becomes the sum of the workers'
  /// values.
  virtual void sum(std::span<uint32_t> values) = 0;

  /// Ends every rank of the job with this error. Under MPI it does not return; among threads it
  /// does, and the others throw the error from their next call.
  virtual void abort(const Error& error) = 0;
};

}  // namespace cairn
