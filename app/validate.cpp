#include "app/commands.hpp"
#include "app/files.hpp"
#include "connectors/resource_fetcher.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace steward::app {

command add_validate(CLI::App& cli) {
  auto files = std::make_shared<std::vector<std::string>>();
  auto* sub = cli.add_subcommand("validate", "Check workflow definitions; every problem is told");
  sub->add_option("FILE", *files, "YAML or JSON; - for standard input")->required();
  return [files] {
    int code = exit_completed;
    for (const auto& file : *files) {
      const auto text = read_file(file);
      if (!text) {
        code = exit_invalid;
        continue;
      }
      connectors::resource_fetcher fetcher{{}, {}};
      const auto read = workflow::read_definition(*text, {}, &fetcher);
      if (!read) {
        print_problems(file, read.error());
        code = exit_invalid;
      } else {
        const auto& ref = (*read)->ref;
        std::printf("%s: %s/%s %s is valid\n", file.c_str(), ref.namespace_.c_str(),
                    ref.name.c_str(), ref.version.c_str());
      }
    }
    return code;
  };
}

} // namespace steward::app
