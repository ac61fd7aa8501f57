// Files that appear whole or not at all: written under another name, forced to disk, renamed.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace cairn {

/// Throws Error(kOutOfResource) unless a file can be made where `path` will be. Leaves nothing
/// behind.
void require_writable(const std::string& path);

/// Puts `bytes` at `path`, over what was there. Throws Error(kOutOfResource); then `path` is as
/// before.
void publish(const std::string& path, std::span<const std::byte> bytes);

}  // namespace cairn
