// What of CUDA C cannot be said by macros: __shared__ declarations, and the kernels' names.
#include <regex>

#include "program.h"

namespace {

// "float a[4], b" -> pieces at commas outside of brackets.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (char c : text) {
    if (c == '<' || c == '(' || c == '[') depth++;
    if (c == '>' || c == ')' || c == ']') depth--;
    if (c == ',' && depth == 0) parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

// One declaration without its __shared__ and semicolon. Its line breaks stay, so that lines keep their numbers.
std::string declaration(const std::string& text, bool dynamic, int& number) {
  static const std::regex DECLARATOR(R"(^([\s\S]*?)\b([A-Za-z_]\w*)\s*((?:\[[^\]]*\]\s*)*)$)");
  static const std::regex ALIGNAS(R"(\balignas\s*\(([^()]*)\))");
  std::string type, result;
  for (std::string part : split(text)) {
    std::smatch match;
    part = std::regex_replace(part, ALIGNAS, "__attribute__((aligned($1)))");
    if (!std::regex_match(part, match, DECLARATOR)) return "__shared__ " + text;  // g++ will say what it thinks of it
    if (type.empty()) type = match[1];
    std::string name = match[2], extents = match[3];
    if (dynamic) {
      result += type + "*const " + name + " = ::pretended::dynamicShared<" + type + ">();";
    } else {
      result += "typedef " + type + name + "__type" + extents + "; " + name + "__type& " + name +
                " = ::pretended::shared<" + name + "__type, " + std::to_string(number++) + ">(\"" + name + "\");";
    }
  }
  return result;
}

std::string sharedVariables(const std::string& source) {
  static const std::regex SHARED(R"((\bextern\s+|\bstatic\s+)?\b__shared__\b([^;=]*);)");
  std::string result;
  int number = 0;
  auto from = source.cbegin();
  for (std::sregex_iterator at(source.begin(), source.end(), SHARED), end; at != end; ++at) {
    const std::smatch& match = *at;
    result.append(from, source.cbegin() + match.position());
    result += declaration(match[2], match[1].str().rfind("extern", 0) == 0, number);
    from = source.cbegin() + match.position() + match.length();
  }
  return result.append(from, source.cend());
}

}  // namespace

std::string rewrite(const std::string& preprocessed) {
  std::string text = sharedVariables(preprocessed);
  static const std::regex KERNEL(
      R"(extern\s*"C"\s*(?:__attribute__\(\(used\)\)\s*void\s*|void\s*__attribute__\(\(used\)\)\s*)(?:__launch_bounds__\s*(\((?:[^()]|\([^()]*\))*\))\s*)?([A-Za-z_]\w*)\s*\()");
  std::string footer;
  for (std::sregex_iterator at(text.begin(), text.end(), KERNEL), end; at != end; ++at) {
    std::string bounds = (*at)[1], name = (*at)[2];
    if (footer.find("_kernel_" + name + ";") != std::string::npos) continue;  // declared before it is defined
    footer += "extern \"C\" { extern const pretended::Kernel pretended_kernel_" + name +
              "; const pretended::Kernel pretended_kernel_" + name + " = pretended::describe<" + name + ">(\"" + name +
              "\", pretended::firstOf" + (bounds.empty() ? "(0)" : bounds) + "); }\n";
  }
  static const std::regex BOUNDS(R"(\b__launch_bounds__\s*\((?:[^()]|\([^()]*\))*\))");
  return std::regex_replace(text, BOUNDS, "") + "\n" + footer;
}
